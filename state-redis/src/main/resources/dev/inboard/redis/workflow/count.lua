return redis.call('ZCARD', ALL)
