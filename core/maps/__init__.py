"""Heat maps: from the network's evidence to colours, boxes and lung zones."""
