return redis.call('HGETALL', key('m', ARGV[1]))
