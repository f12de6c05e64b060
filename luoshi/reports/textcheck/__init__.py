"""核数 — read a Chinese work summary and say of each number what it is, of whom, and whether it is a result.

>>> from luoshi.reports.textcheck import read
>>> [s.value for s in read("青榆县选派45名干部。").statements]
[45]
"""

from luoshi.reports.textcheck.reading import read
from luoshi.reports.textcheck.reasons import Reason
from luoshi.reports.textcheck.statement import Contradiction, Reading, SetPhrase, Statement, Why

__all__ = ["Contradiction", "Reading", "Reason", "SetPhrase", "Statement", "Why", "read"]
