// Shows the OpenAPI description that this gateway serves. Text only ever becomes text nodes.
'use strict';

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  for (const child of children.flat()) if (child !== null && child !== undefined) made.append(child);
  return made;
}

// Descriptions mark code by backticks.
function prose(text) {
  return (text || '').split('`').map((part, i) => (i % 2 ? element('code', {}, part) : part));
}

class Description {
  constructor(root) { this.root = root; }

  resolve(value) {
    if (!value || !value.$ref) return value;
    return value.$ref.slice(2).split('/').reduce((at, token) => at[token], this.root);
  }

  // "string (uuid) or null", with links to schemas.
  type(schema) {
    if (!schema) return ['anything'];
    if (schema.$ref) {
      const name = schema.$ref.split('/').pop();
      return [element('a', {href: '#schema-' + name}, name)];
    }
    const either = schema.anyOf || schema.oneOf;
    if (either && either.some((one) => one.type || one.$ref)) {
      return either.flatMap((one, i) => (i ? [' or ', ...this.type(one)] : this.type(one)));
    }
    if (schema.allOf && !schema.properties) return this.type(schema.allOf[0]);
    const types = [].concat(schema.type || 'anything');
    if (types[0] === 'array') return ['list of ', ...this.type(schema.items)];
    let text = types.join(' or ');
    if (schema.format && !schema.format.startsWith('int')) text += ' (' + schema.format + ')';
    if (schema.enum) text = schema.enum.join(', ');
    return [text];
  }

  bounds(schema) {
    const told = [];
    if (schema.minimum !== undefined) told.push('from ' + schema.minimum);
    if (schema.maximum !== undefined) told.push('to ' + schema.maximum);
    if (schema.maxLength !== undefined) told.push('up to ' + schema.maxLength + ' characters');
    if (schema.default !== undefined) told.push('default ' + JSON.stringify(schema.default));
    return told.length ? element('div', {class: 'soft'}, told.join(', ')) : null;
  }

  row(name, schema, description, required) {
    return element('tr', {},
      element('td', {}, element('code', {}, name), required ? element('div', {class: 'soft'}, 'required') : null),
      element('td', {}, this.type(schema), this.bounds(schema || {})),
      element('td', {}, prose(description)));
  }

  properties(schema) {
    const required = schema.required || [];
    const rows = Object.entries(schema.properties || {}).map(([name, member]) =>
      this.row(name, member, member.description || (this.resolve(member) || {}).description, required.includes(name)));
    return rows.length ? element('table', {}, element('tbody', {}, rows)) : null;
  }

  responses(operation) {
    const rows = Object.entries(operation.responses).map(([status, response]) => {
      const told = this.resolve(response);
      const body = Object.values(told.content || {})[0];
      const headers = Object.keys(told.headers || {});
      return element('tr', {},
        element('td', {}, element('code', {}, status)),
        element('td', {}, body ? this.type(body.schema) : 'no body',
          headers.length ? element('div', {class: 'soft'}, 'with ' + headers.join(', ')) : null),
        element('td', {}, prose(told.description)));
    });
    return element('table', {}, element('tbody', {}, rows));
  }

  operation(path, method, operation) {
    const parameters = (operation.parameters || []).map((given) => this.resolve(given));
    const body = operation.requestBody;
    return element('section', {id: operation.operationId},
      element('h3', {}, element('span', {class: 'method ' + method}, method.toUpperCase()), ' ', element('code', {}, path)),
      element('p', {}, element('strong', {}, operation.summary + '. '), prose(operation.description)),
      parameters.length ? element('h4', {}, 'Parameters') : null,
      parameters.length ? element('table', {}, element('tbody', {}, parameters.map((one) =>
        this.row(one.name + (one.in === 'query' ? '' : ' (' + one.in + ')'), one.schema, one.description, one.required)))) : null,
      body ? element('h4', {}, 'Body') : null,
      body ? element('p', {}, Object.keys(body.content).join(' or '), ': ', this.type(Object.values(body.content)[0].schema)) : null,
      element('h4', {}, 'Answers'), this.responses(operation));
  }

  schema(name, schema) {
    const base = (schema.allOf || []).map((part) => element('p', {}, 'All of ', this.type(part), ', and:'));
    return element('section', {id: 'schema-' + name},
      element('h3', {}, element('code', {}, name)), element('p', {}, prose(schema.description)),
      schema.enum ? element('p', {}, element('code', {}, schema.enum.join(', '))) : null, base, this.properties(schema));
  }
}

function show(root) {
  const description = new Description(root);
  const contents = document.getElementById('contents');
  const main = document.getElementById('description');
  contents.append(element('strong', {}, root.info.title + ' API'));
  main.replaceChildren(element('h1', {}, root.info.title + ' API'), element('p', {}, prose(root.info.description)));
  for (const tag of root.tags) {
    contents.append(element('h2', {}, tag.name));
    main.append(element('h2', {}, tag.name), element('p', {}, prose(tag.description)));
    for (const [path, methods] of Object.entries(root.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (!operation.tags.includes(tag.name)) continue;
        contents.append(element('a', {href: '#' + operation.operationId},
          element('span', {class: 'method ' + method}, method.toUpperCase()), ' ' + operation.summary));
        main.append(description.operation(path, method, operation));
      }
    }
  }
  contents.append(element('h2', {}, 'Schemas'));
  main.append(element('h2', {}, 'Schemas'));
  for (const [name, schema] of Object.entries(root.components.schemas)) {
    contents.append(element('a', {href: '#schema-' + name}, name));
    main.append(description.schema(name, schema));
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

fetch('/api/openapi.json').then((answer) => {
  if (!answer.ok) throw new Error('HTTP ' + answer.status);
  return answer.json();
}).then(show).catch((error) => {
  document.getElementById('description').replaceChildren(
    element('p', {}, 'The description cannot be loaded: ' + error.message));
});
