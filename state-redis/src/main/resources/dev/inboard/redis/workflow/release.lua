-- Id, key, node, epoch. Answers whether that was the owner.
if not valid(ARGV[1], 2) then
  return 0
end
disown(ARGV[1])
return 1
