-- Takes a lease if nobody has one.
--
-- KEYS[1]  the lock, as a sidecar has it: a string, the owner
-- KEYS[2]  the last fencing token
-- ARGV     the owner, the lease in milliseconds
-- Returns the fencing token, or false.

if redis.call('EXISTS', KEYS[1]) == 1 then return false end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
-- Tokens follow the clock, so that they grow even when a failover has lost the last one; the last one
-- is kept for a day beyond the lease, so that they grow even when the clock is put back.
local time = redis.call('TIME')
local token = tonumber(time[1]) * 1000000 + tonumber(time[2])
local last = redis.call('GET', KEYS[2])
if last and tonumber(last) >= token then token = tonumber(last) + 1 end
local text = string.format('%.0f', token)
redis.call('SET', KEYS[2], text, 'PX', 86400000 + tonumber(ARGV[2]))
return text
