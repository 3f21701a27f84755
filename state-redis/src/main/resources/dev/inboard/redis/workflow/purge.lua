-- Whether unfinished ones may be deleted too, then ids. Answers what became of each.
local outcomes = {}
for n = 2, #ARGV do
  local finished = redis.call('HGET', key('i', ARGV[n]), 'finished')
  if not finished then
    outcomes[n - 1] = 'NOT_FOUND'
  elseif finished == '0' and ARGV[1] ~= '1' then
    outcomes[n - 1] = 'NOT_FINISHED'
  else
    erase(ARGV[n])
    outcomes[n - 1] = 'PURGED'
  end
end
return outcomes
