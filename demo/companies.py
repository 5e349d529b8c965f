"""The companies of the demonstration, in the order in which they are loaded."""

from demo.connect_plus import CONNECT_PLUS
from demo.tech4value import TECH4VALUE

COMPANIES = (TECH4VALUE, CONNECT_PLUS)
