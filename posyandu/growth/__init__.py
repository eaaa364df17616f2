"""Child growth: WHO z-scores, labels of Permenkes 2/2020, weight gain as on the KMS, the growth chart."""
