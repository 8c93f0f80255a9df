"""The constructs that every stack is made of: functions, bundles, tables, buckets, queues, routes, monitoring."""
