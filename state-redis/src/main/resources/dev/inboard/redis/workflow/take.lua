-- Node, then ids. Answers the records of those that are the node's own from now on.
local node = ARGV[1]
local taken = {}
if live(node) then
  for n = 2, #ARGV do
    local id = ARGV[n]
    local wake = redis.call('ZSCORE', DUE, id)
    if wake and tonumber(wake) <= now() then
      local i = key('i', id)
      redis.call('HINCRBY', i, 'epoch', 1)
      if redis.call('HGET', i, 'orphaned') == '1' then
        redis.call('HINCRBY', i, 'recoveries', 1)
        redis.call('HSET', i, 'orphaned', '0')
      end
      own(id, node)
      taken[#taken + 1] = record(id)
    end
  end
end
return taken
