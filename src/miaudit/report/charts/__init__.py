"""The charts of an audit's page, a section a file. The page shows every section that applies to a result."""
