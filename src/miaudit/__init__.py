"""miaudit: how well could an attacker tell which records a classifier was trained on?"""

__version__ = "0.1.0.dev0"
