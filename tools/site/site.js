// Elements that scroll can be reached with the keyboard.
for (const element of document.querySelectorAll('.tsd-typography :is(table, pre), .tsd-signature')) element.tabIndex = 0;
