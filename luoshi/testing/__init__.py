"""What tests share: the cast and the test cases that bring it."""
