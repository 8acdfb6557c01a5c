"""What members may ask for: to see what is stored about them, and to have it forgotten."""
