-- Id, and the number of the last thing that has been relayed.
local o = key('o', ARGV[1])
local first = redis.call('LINDEX', o, 0)
while first and tonumber(string.match(first, '^%d+')) <= tonumber(ARGV[2]) do
  redis.call('LPOP', o)
  first = redis.call('LINDEX', o, 0)
end
if not first then
  redis.call('ZREM', OUT, ARGV[1])
end
return 1
