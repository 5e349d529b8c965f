"""First names and family names that the casts are made up from; a dash in a family name is written as a space."""

_FIRST = """
Adèle Agathe Alexis Aline Amandine Amina Anaïs Antoine Armelle Arthur Audrey Aurélien Axel Baptiste
Basile Benoît Bérénice Bilal Camille Capucine Cécile Cédric Clara Claire Clément Coralie Corentin
Cyril Damien David Delphine Diane Dorian Élise Éloïse Elsa Émile Emma Enzo Erwan Estelle Éva Fabien
Fatou Flavie Florent Florian Gabriel Gaëlle Gaspard Grégoire Gwenaëlle Hamza Hugo Idriss Inaya Iris
Jeanne Jérémy Joris Jules Justine Kenza Kévin Laure Laurent Léa Léonie Lina Loïc Louis Louise Lucas
Lucie Ludovic Maëva Malik Manon Marc Margaux Marine Martin Mathieu Maud Maxime Mélanie Mélissa
Mickaël Morgane Nadège Naïma Nathan Nina Noémie Nolwenn Olivier Ophélie Oscar Pauline Perrine
Quentin Rachid Raphaël Rémi Romane Romain Roxane Salomé Samia Sarah Sébastien Simon Solène Soraya
Stéphane Sylvain Tanguy Théo Thibault Timothée Valentin Victor Vincent Violette Virginie Yanis Yann
Yasmine Yohan Zoé
"""
_LAST = """
Abadie Alami Allard Andrieu Arnaud Aubert Bailly Barbier Baron Barthélemy Baudry Bazin Bellamy
Ben-Amar Benoist Berger Bernier Besson Bigot Blanchard Bodin Boucher Bouchet Boulanger Bourdon
Bouvet Brault Breton Brunet Cadiou Camus Carlier Carré Cassin Chabot Charpentier Chauvin Chevalier
Clerc Collet Colin Cordier Corre Costa Coulon Courtois Cros Da-Silva Dagorne Daniel Delattre Delmas
Demange Denis Descamps Diop Doucet Drouet Dubreuil Dumas Dupré Duval El-Idrissi Etienne Evrard Fabre
Faivre Ferrand Fischer Fleury Forestier Fournel Gaillard Gallet Gautier Gérard Germain Gicquel
Giraud Godard Gosselin Grandjean Grenier Gros Guérin Guichard Guillou Hamel Hamon Haddad Hébert
Hervé Hoarau Huet Humbert Jacquet Jamet Joly Josse Kaba Kerleau Klein Lacroix Lagarde Lambert
Langlois Laroche Launay Lebrun Leclercq Lefort Legrand Lelièvre Lemaire Leroux Lévêque Lopez
Maillard Mallet Marchal Masson Maurel Ménard Mercier Meyer Millet Monnier Morin Moulin N’Diaye
Navarro Nicolas Noël Oliveira Ollivier Paquet Pasquier Pelletier Perrot Picard Pichon Poirier
Poulain Prigent Prévost Quéré Raynaud Renard Rey Ribeiro Rigaud Rivière Rolland Rossi Roussel
Sabatier Salaün Schmitt Seguin Tanguy Tessier Texier Thibaud Tournier Vallet Vasseur Verdier Vidal
Voisin Weiss Zidane
"""
FIRST_NAMES = _FIRST.split()
LAST_NAMES = _LAST.split()
