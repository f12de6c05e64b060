"""Settings, urls, API assembly, middleware, workbench, cockpit, commands."""
