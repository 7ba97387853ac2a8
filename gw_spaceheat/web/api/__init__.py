"""The read-only HTTP API over what the Ear keeps: JSON that programmes and Grafana read. It answers by `apps/history.py`."""
