-- Id, id of the message, payload, and by what name it is relayed, or nothing.
local id, message, relay = ARGV[1], ARGV[2], ARGV[4]
local state = redis.call('HMGET', key('i', id), 'finished', 'owner')
if not state[1] then
  return 'NOT_FOUND'
end
if state[1] ~= '0' then
  return 'FINISHED'
end
if relay ~= '' then
  if redis.call('ZADD', key('r', id), 'NX', now(), relay) == 0 then
    return 'DUPLICATE'
  end
  redis.call('ZREMRANGEBYSCORE', key('r', id), '-inf', now() - 86400000)
end
if redis.call('HEXISTS', key('m', id), 'd' .. message) == 1 then
  return 'DUPLICATE'
end
local number = string.format('%.0f', redis.call('HINCRBY', key('i', id), 'last', 1))
redis.call('HSET', key('m', id), 'n' .. number, #message .. ':' .. message .. ARGV[3], 'd' .. message, number)
if state[2] == '' then
  enqueue(id)
else
  redis.call('SADD', MAIL, id)
  hint(id, '')
end
return 'DELIVERED'
