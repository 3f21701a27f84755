local id = ARGV[1]
return {record(id), redis.call('LRANGE', key('h', id), 0, -1), redis.call('HGETALL', key('m', id))}
