"""The protocols that ship with the program, one YAML file each; they are read, never imported."""
