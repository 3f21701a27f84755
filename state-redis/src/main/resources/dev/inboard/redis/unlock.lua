-- Gives a lease back, if it is the owner's.
--
-- KEYS[1]  the lock
-- ARGV     the owner
-- Returns 1: released, 0: nobody has it, 2: another owner has it.

local owner = redis.call('GET', KEYS[1])
if not owner then return 0 end
if owner ~= ARGV[1] then return 2 end
redis.call('DEL', KEYS[1])
return 1
