"""主题教育/专项活动 — campaigns, batches, audiences, requirements, duties."""
