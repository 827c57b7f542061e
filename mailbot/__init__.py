"""The program: commands, store and mail; all that touches the world, wired in `mailbot.app`."""
