"""What a newsroom keeps for itself beside the index: dossiers and watches."""
