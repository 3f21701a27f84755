-- Id, execution id, reuse rule, node, definition, input given, input, created, start, progress, first turn given, turn.
-- Without a first turn: whether an owner has to wait for the start. Answers 0 (taken), 1 (created) or 2 (was created
-- before), the record (of a created one only key, owner and epoch), and what the first turn sends.
local id, execution = ARGV[1], ARGV[2]
local i = key('i', id)
local old = redis.call('HMGET', i, 'execution', 'finished', 'status', 'epoch')
local epoch = 1
if old[1] then
  if old[1] == execution then
    return {2, record(id), redis.call('LRANGE', key('o', id), 0, -1)}
  end
  local permitted = old[2] ~= '0'
    and (ARGV[3] == 'ALLOW' or (ARGV[3] == 'ALLOW_IF_NOT_COMPLETED' and old[3] ~= 'COMPLETED'))
  if not permitted then
    return {0, record(id), {}}
  end
  epoch = tonumber(old[4]) + 1
  erase(id)
end
local later = ARGV[11] == '0' and ARGV[12] == '1' and tonumber(ARGV[9]) > now()
local owner = live(ARGV[4]) and not later and ARGV[4] or ''
local number = redis.call('INCR', T .. ':seq')
redis.call('HSET', i, 'execution', execution, 'key', number, 'epoch', epoch, 'owner', owner,
  'definition', ARGV[5], 'given', ARGV[6], 'input', ARGV[7], 'progress', ARGV[10], 'status', 'PENDING', 'finished', '0',
  'generation', '1', 'turn', '0', 'wake', ARGV[9], 'recoveries', '0', 'orphaned', '0', 'last', '0')
redis.call('ZADD', ALL, -tonumber(ARGV[8]), id)
if owner ~= '' then
  redis.call('HSET', OWN, id, owner)
end
local sends
if ARGV[11] == '1' then
  sends = apply(id, 12, {number, owner, epoch, '0', '0', '1', '0', 'PENDING', '0'})
  owner = ARGV[14] == '0' and ARGV[21] == '0' and owner or ''
elseif owner == '' then
  enqueue(id)
end
return {1, {number, owner, epoch}, sends or {}}
