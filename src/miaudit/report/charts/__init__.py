"""The charts of an audit's page, one section per file. The page shows every section that applies to a result."""
