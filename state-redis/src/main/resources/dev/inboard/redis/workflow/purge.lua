-- Id, and whether an unfinished one may be deleted too.
local finished = redis.call('HGET', key('i', ARGV[1]), 'finished')
if not finished then
  return 'NOT_FOUND'
end
if finished ~= '1' and ARGV[2] ~= '1' then
  return 'NOT_FINISHED'
end
erase(ARGV[1])
return 'PURGED'
