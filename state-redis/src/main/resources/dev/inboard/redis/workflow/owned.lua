local records = {}
local owners = redis.call('HGETALL', OWN)
for n = 1, #owners, 2 do
  if owners[n + 1] == ARGV[1] then
    records[#records + 1] = record(owners[n])
  end
end
return records
