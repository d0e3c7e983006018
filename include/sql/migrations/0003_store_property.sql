-- Property definitions of the store's classifiers, remembered between deliveries: a delivery of changes, and most
-- portions, bring values by id without the definitions.
create table store_property (
    guid text primary key,
    name text not null,
    kind text not null,                     -- ТипЗначений as 1C writes it: Строка, Число, Время, Справочник
    values jsonb not null default '{}'      -- of a directory: id -> text
);
