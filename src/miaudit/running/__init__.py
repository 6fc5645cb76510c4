"""Carries out work on models: on this machine or on a cluster, and never twice."""
