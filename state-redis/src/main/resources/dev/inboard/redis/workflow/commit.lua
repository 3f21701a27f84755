-- Id, key, node, epoch, number of the turn, whether the inbox must be read, turn. Answers whether it was written, and
-- what is to be sent.
local id = ARGV[1]
local state = redis.call('HMGET', key('i', id), 'turn', 'finished')
if not valid(id, 2) or state[1] ~= ARGV[5] or state[2] == '1' then
  return {0, {}}
end
if ARGV[6] == '1' then
  local consumed = {}
  for n = 1, tonumber(ARGV[17]) do
    consumed['n' .. ARGV[17 + n]] = true
  end
  for _, field in ipairs(redis.call('HKEYS', key('m', id))) do
    if string.sub(field, 1, 1) == 'n' and not consumed[field] then
      return {0, {}}
    end
  end
end
return {1, apply(id, 7)}
