"""The programming interface: URLs, pages, problems and schema shared by every resource."""
