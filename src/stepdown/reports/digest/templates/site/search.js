// Search in the reader's own browser: no request leaves the page.
(function () {
  'use strict';
  var box = document.querySelector('.search'), words = document.getElementById('words');
  var found = document.getElementById('found'), count = document.getElementById('count');
  var index = new MiniSearch({
    fields: ['headline', 'takeaway', 'topics', 'drugs', 'title'],
    storeFields: ['headline', 'takeaway'],
    searchOptions: { prefix: true, fuzzy: 0.15, boost: { headline: 3, drugs: 3, topics: 2 }, combineWith: 'AND' }
  });
  index.addAll(window.digestIndex);
  function show() {
    var query = words.value.trim(), hits = query ? index.search(query).slice(0, 50) : [];
    found.textContent = '';
    hits.forEach(function (hit) {
      var item = document.createElement('li'), title = document.createElement('h2');
      var link = document.createElement('a'), text = document.createElement('p');
      link.href = 'summaries/' + encodeURIComponent(hit.id) + '.html';
      link.textContent = hit.headline;
      text.textContent = hit.takeaway;
      title.appendChild(link);
      item.appendChild(title);
      item.appendChild(text);
      found.appendChild(item);
    });
    count.textContent = !query ? '' : hits.length === 0 ? count.dataset.none :
      hits.length === 1 ? count.dataset.one : count.dataset.many.replace('{count}', hits.length);
  }
  box.hidden = false;
  document.getElementById('no-script').hidden = true;
  words.addEventListener('input', show);
  var asked = new URLSearchParams(location.search).get('q');
  if (asked) { words.value = asked; show(); }
})();
