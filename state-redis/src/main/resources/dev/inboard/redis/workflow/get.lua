return record(ARGV[1])
