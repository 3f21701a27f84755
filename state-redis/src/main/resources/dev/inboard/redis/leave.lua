-- Removes members of a group that own nothing. (Removing one that does would lose its messages.)
--
-- KEYS[1]  the stream
-- ARGV     group, how the names begin, and for how many milliseconds they have been silent
-- Returns how many were removed.

local stream, group, prefix, silence = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local removed = 0
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local member = {}
  for i = 1, #fields, 2 do member[fields[i]] = fields[i + 1] end
  if member.pending == 0 and member.idle >= silence and string.sub(member.name, 1, #prefix) == prefix then
    redis.call('XGROUP', 'DELCONSUMER', stream, group, member.name)
    removed = removed + 1
  end
end
return removed
