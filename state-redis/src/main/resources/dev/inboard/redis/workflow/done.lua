-- Status, up to which score, and how many. Answers the ids of those that ended so, the first to end first.
return redis.call('ZRANGEBYSCORE', done(ARGV[1]), '-inf', ARGV[2], 'LIMIT', 0, ARGV[3])
