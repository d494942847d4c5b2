"""Part of opschaalgids: bot/start.py looks for this line."""
