-- Turns, each with id, key, node, epoch, number of the turn, whether the inbox must be read, turn. Answers for each 0 when
-- it was not written, 1, or what is to be sent.
local function isRead(id, consumed)
  local known = {}
  for n = 1, tonumber(ARGV[consumed]) do
    known['n' .. ARGV[consumed + n]] = true
  end
  for _, field in ipairs(redis.call('HKEYS', key('m', id))) do
    if string.sub(field, 1, 1) == 'n' and not known[field] then
      return false
    end
  end
  return true
end

local answers = {}
local a = 1
while ARGV[a] do
  local id = ARGV[a]
  local before = state(id)
  local right = before[1] == ARGV[a + 1] and before[2] == ARGV[a + 2] and before[3] == ARGV[a + 3]
    and before[4] == ARGV[a + 4] and before[5] == '0'
  if right and ARGV[a + 5] == '1' and before[7] ~= '0' then
    right = isRead(id, a + 16)
  end
  answers[#answers + 1] = right and (apply(id, a + 6, before) or 1) or 0
  local _, after = ends(a + 6)
  a = after
end
return answers
