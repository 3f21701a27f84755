-- Lets a lease last from now, if it is still the owner's.
--
-- KEYS[1]  the lock
-- ARGV     the owner, the lease in milliseconds
-- Returns 1, or 0 when the owner does not have it.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
