-- A channel's value may be a word (an article, a state), beside amounts and hashes of documents.
alter table offer_channel add column confirmed_text text, add column observed_text text;
alter table change add column from_text text, add column to_text text;
alter table refusal add column text text;
alter table observation add column text text;
