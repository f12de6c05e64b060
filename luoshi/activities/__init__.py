"""学习活动 — activities and attendance."""
