"""Figures and tables of an audit for papers."""
