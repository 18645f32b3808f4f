"""Silicon as a material: band gap, carriers, mobility, recombination."""
