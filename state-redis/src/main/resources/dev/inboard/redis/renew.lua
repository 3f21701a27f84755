-- Says that a member still works on messages, or gives them back; those that it still owns.
--
-- KEYS[1]  the stream
-- ARGV     group, member, idle time in milliseconds to set (0: still at work), then per message its
--          id and how often it has been delivered
-- Returns the ids that are no longer the member's: taken over, acknowledged, or trimmed.

local stream, group, member, idle = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local lost = {}
for i = 4, #ARGV, 2 do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', stream, group, id, id, 1, member)
  if #pending == 0 then
    lost[#lost + 1] = id
  else
    redis.call('XCLAIM', stream, group, member, 0, id, 'IDLE', idle, 'RETRYCOUNT', ARGV[i + 1], 'JUSTID')
  end
end
return lost
