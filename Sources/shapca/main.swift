print("shapca")
