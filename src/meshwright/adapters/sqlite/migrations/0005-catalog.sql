-- The catalog: what people say of products, what is found by which words, who is told by webhook.
PRAGMA user_version = 5;
