-- Node, the most instances, how old what was not relayed must be. Ends leases that have run out. Answers the due
-- instances with their times, when the next is due, which of the node's own have mail, and what nobody has relayed.
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', NODES, '-inf', now())) do
  disownAll(dead, '1')
end
local node = ARGV[1]
local due = {}
if live(node) then
  due = redis.call('ZRANGEBYSCORE', DUE, '-inf', now(), 'WITHSCORES', 'LIMIT', 0, ARGV[2])
end
local mail = {}
for _, id in ipairs(redis.call('SMEMBERS', MAIL)) do
  if not unread(id) then
    redis.call('SREM', MAIL, id)
  elseif redis.call('HGET', OWN, id) == node then
    mail[#mail + 1] = id
  end
end
local stale = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', OUT, '-inf', now() - ARGV[3], 'LIMIT', 0, 16)) do
  stale[#stale + 1] = {id, redis.call('LRANGE', key('o', id), 0, -1)}
  redis.call('ZADD', OUT, now(), id)
end
return {due, redis.call('ZRANGEBYSCORE', DUE, '(' .. string.format('%.0f', now()), '+inf', 'WITHSCORES', 'LIMIT', 0, 1), mail, stale}
