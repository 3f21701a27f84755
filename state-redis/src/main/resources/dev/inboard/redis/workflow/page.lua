-- The order and the id of the last one seen, and how many. Answers the records that follow.
local records = {}
local offset = 0
while #records < tonumber(ARGV[3]) do
  local batch = redis.call('ZRANGEBYSCORE', ALL, ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', offset, 100)
  if #batch == 0 then
    break
  end
  for n = 1, #batch, 2 do
    local seen = batch[n + 1] == ARGV[1] and batch[n] <= ARGV[2]
    if not seen and #records < tonumber(ARGV[3]) then
      records[#records + 1] = record(batch[n])
    end
  end
  offset = offset + 100
end
return records
