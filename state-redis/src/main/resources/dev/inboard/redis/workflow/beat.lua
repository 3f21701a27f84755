-- Node, lease in milliseconds. Answers whether the lease had not run out.
local held = live(ARGV[1])
redis.call('ZADD', NODES, now() + ARGV[2], ARGV[1])
return held and 1 or 0
