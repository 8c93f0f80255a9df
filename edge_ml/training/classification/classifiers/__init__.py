"""The bundled classifiers: labels, photographs and recipe of each."""
